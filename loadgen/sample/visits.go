package sample

// Visits count what became of sessions at one address of a target. A session that
// tries several addresses counts at each.
type Visits struct {
	Started   int64  // connects begun
	Unreached int64  // of those, the ones that came to no connection
	Failed    int64  // of the other sessions, those that did not complete
	Why       string // why the first one was unreached: class and reason; "" if none was
}

// Add adds later visits.
func (v *Visits) Add(later *Visits) {
	v.Started += later.Started
	v.Unreached += later.Unreached
	v.Failed += later.Failed
	if v.Why == "" {
		v.Why = later.Why
	}
}
