package sample

// LoadKind is whether a load is open or closed, as it stands in results.
type LoadKind string

// The kinds of load.
const (
	ClosedLoad LoadKind = "closed"
	OpenLoad   LoadKind = "open"
)

// Judged is the part of a message's time that a load is judged by. What is due
// under open load waits, and that counts; under closed load, no message is due
// before the one ahead of it is done.
func (k LoadKind) Judged() Part {
	if k == OpenLoad {
		return Response
	}
	return Service
}
