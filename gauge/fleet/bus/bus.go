package bus

// A Bus passes octets on to whoever listens at an address. Its methods may be called from
// any goroutine.
type Bus interface {
	// Send passes data on, and does not wait until it arrives. An error says that the
	// message will not arrive; without one it may be lost all the same.
	Send(address string, data []byte) error
	// Listen calls take for each message to an address, one after the other, until stop
	// is called. data is valid during the call.
	Listen(address string, take func(data []byte)) (stop func(), err error)
	// Leaving says that the connection is about to end, and that this end knows it. From then
	// on nothing of it is reported.
	Leaving()
	// Resting says that the coordinator is about to end, and that this end waits for the next.
	// Until that is there, it is no news that there is none.
	Resting()
	// Close ends the connection.
	Close()
}

// MaxMessage is the most octets of a message.
const MaxMessage = 1 << 20

// MaxBody is the most octets of a message's body.
const MaxBody = 256 << 10

// Coordinator is the address that all coordinators have, for agents that know none yet. Each
// has its ID for an address as well, as each agent has.
const Coordinator = "coordinator"
