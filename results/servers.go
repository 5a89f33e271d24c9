package results

// andMore stands for the greetings that are too many to be kept.
const andMore = "and more"

// heard are all greetings of a flow on one side.
func (s *flowSide) heard() greetings {
	var all greetings
	for _, r := range s.runs {
		if i := r.flowIndex(s.flow); i >= 0 {
			all.merge(*r.Heard(i))
		}
	}
	return all
}

// servers compares what the servers of a flow said of themselves: the banners
// without what is new in each session, and what any of them offered. What one
// side alone has no EHLO for, such as one under TLS, is the scenarios'
// difference and not the servers'. Banners that are too many on both sides, as
// behind a large address, are not held to be different: those kept are chance.
func servers(prefix string, base, other flowSide) []Surrounding {
	b, n := base.heard(), other.heard()
	banner := newSurrounding(prefix+"banner", b.banners(), n.banners())
	banner.Differs = banner.Differs && !(b.more && n.more)
	list := []Surrounding{banner}
	for _, ehlo := range []struct {
		name  string
		lines func(*Greeting) []string
	}{
		{"EHLO", func(g *Greeting) []string { return g.Clear }},
		{"EHLO under TLS", func(g *Greeting) []string { return g.Secure }},
	} {
		offered, offers := b.offers(ehlo.lines), n.offers(ehlo.lines)
		if len(offered) > 0 && len(offers) > 0 {
			s := newSurrounding(prefix+ehlo.name, distinct(offered), distinct(offers))
			s.lines = true
			list = append(list, s)
		}
	}
	return list
}

func (g *greetings) banners() []string {
	var list []string
	for i := range g.list {
		list = append(list, lasting(g.list[i].Banner))
	}
	list = distinct(list)
	if g.more {
		list = append(list, andMore)
	}
	return list
}

func (g *greetings) offers(lines func(*Greeting) []string) []string {
	var list []string
	for i := range g.list {
		list = append(list, lines(&g.list[i])...)
	}
	return list
}
