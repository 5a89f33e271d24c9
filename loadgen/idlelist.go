package loadgen

// An idleList holds the sessions that wait for a message. The one that has waited
// longest comes first, so that all connections of a pool are used.
type idleList struct {
	first, last *session
}

func (l *idleList) add(s *session) {
	s.idle, s.before, s.after = true, l.last, nil
	if l.last != nil {
		l.last.after = s
	} else {
		l.first = s
	}
	l.last = s
}

func (l *idleList) remove(s *session) {
	if !s.idle {
		return
	}
	if s.before != nil {
		s.before.after = s.after
	} else {
		l.first = s.after
	}
	if s.after != nil {
		s.after.before = s.before
	} else {
		l.last = s.before
	}
	s.idle, s.before, s.after = false, nil, nil
}
