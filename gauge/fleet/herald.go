package fleet

// A herald passes on messages to people on a goroutine of its own, in their order. Whoever
// reads them may stop reading, as a terminal does after ^S; that must keep no fleet from
// sending orders, and no agent from answering them.
type herald struct {
	report func(string)
	queue  chan string
	over   chan struct{}
	gone   chan struct{}
}

// mostUntold bounds the messages that wait. Those after them are lost.
const mostUntold = 1000

func newHerald(report func(string)) *herald {
	h := &herald{report, make(chan string, mostUntold), make(chan struct{}), make(chan struct{})}
	go h.run()
	return h
}

func (h *herald) say(text string) {
	select {
	case h.queue <- text:
	default:
	}
}

// end waits until all that was said has been passed on.
func (h *herald) end() {
	close(h.over)
	<-h.gone
}

func (h *herald) run() {
	defer close(h.gone)
	for {
		select {
		case text := <-h.queue:
			h.report(text)
			continue
		case <-h.over:
		}
		for {
			select {
			case text := <-h.queue:
				h.report(text)
			default:
				return
			}
		}
	}
}
