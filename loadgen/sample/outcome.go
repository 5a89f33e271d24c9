package sample

// An Outcome is what became of a message.
type Outcome uint8

// Every message attempted has exactly one of these outcomes.
const (
	Accepted Outcome = iota // the server took it, for one recipient at least
	Rejected                // the server said no
	Failed                  // the message never got as far as an answer
	Unknown                 // the connection was lost between the final dot and its reply

	NumOutcomes int = iota
)

var outcomeNames = [NumOutcomes]string{"accepted", "rejected", "failed", "unknown"}

// String returns the outcome's name as it stands in results.
func (o Outcome) String() string {
	return nameOf(o, outcomeNames[:])
}
