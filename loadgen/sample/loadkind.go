package sample

// A LoadKind says whether a load is open or closed. Its text is its name in
// results.
type LoadKind string

// The kinds of load.
const (
	ClosedLoad LoadKind = "closed" // so many sessions at once, each going on when its last message is done
	OpenLoad   LoadKind = "open"   // arrivals at times set ahead, whatever the server does
)

// Judged returns the part of a message's time that a load is judged by. Under
// open load a message that is due may have to wait, and the wait counts. Under
// closed load no message is due before the last one is done, so nothing waits.
func (k LoadKind) Judged() Part {
	if k == OpenLoad {
		return Response
	}
	return Service
}
