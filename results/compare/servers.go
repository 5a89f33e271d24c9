package compare

import "github.com/smtpgauge/smtpgauge/results/tally"

// moreBanners stands for greetings beyond those that are kept.
const moreBanners = "and more"

// greetings are all greetings of a flow on one side.
func (s *flowSide) greetings() tally.Greetings {
	var all tally.Greetings
	for _, r := range s.runs {
		if i := r.FlowIndex(s.flow); i >= 0 {
			all.Merge(*r.Greetings(i))
		}
	}
	return all
}

// serverSurroundings compares what the servers of a flow said of themselves: their
// banners, without what changes from session to session, and what any of them
// offered. If only one side has an EHLO, such as one under TLS, the scenarios differ
// and not the servers. If both sides have more banners than are kept, as behind a
// large address, it is chance which were kept, so they count as the same.
func serverSurroundings(prefix string, base, other flowSide) []Surrounding {
	b, n := base.greetings(), other.greetings()
	banner := newSurrounding(prefix+"banner", bannersOf(&b), bannersOf(&n))
	banner.Differs = banner.Differs && !(b.More && n.More)
	list := []Surrounding{banner}
	for _, ehlo := range []struct {
		name  string
		lines func(*tally.Greeting) []string
	}{
		{"EHLO", func(g *tally.Greeting) []string { return g.Clear }},
		{"EHLO under TLS", func(g *tally.Greeting) []string { return g.Secure }},
	} {
		offered, offers := offersOf(&b, ehlo.lines), offersOf(&n, ehlo.lines)
		if len(offered) > 0 && len(offers) > 0 {
			s := newSurrounding(prefix+ehlo.name, distinct(offered), distinct(offers))
			s.areLines = true
			list = append(list, s)
		}
	}
	return list
}

func bannersOf(g *tally.Greetings) []string {
	var list []string
	for i := range g.List {
		list = append(list, tally.LastingBanner(g.List[i].Banner))
	}
	list = distinct(list)
	if g.More {
		list = append(list, moreBanners)
	}
	return list
}

func offersOf(g *tally.Greetings, lines func(*tally.Greeting) []string) []string {
	var list []string
	for i := range g.List {
		list = append(list, lines(&g.List[i])...)
	}
	return list
}
