package console

import (
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
)

// screen is the progress on a terminal, in lines no wider than width. If height does
// not do for all flows, those that are left out are added up on a line.
func (p *Progress) screen(width, height int) []line {
	head := p.head(width)
	under := p.UnderWay()
	c := p.columns(width)
	var blocks [][]line
	for i := range under {
		blocks = append(blocks, c.block(&under[i], width))
	}
	foot := p.foot(width)
	if len(under) > 0 {
		head = append(head, c.header())
	}
	room := height - len(head) - len(foot)
	shown := 0
	for _, b := range blocks {
		room -= len(b)
		if room < 0 || room == 0 && shown < len(blocks)-1 { // a line for the rest
			break
		}
		head = append(head, b...)
		shown++
	}
	return append(append(head, rest(under[shown:], width)...), foot...)
}

// barPart is the part of the width that the bar takes.
const barPart = 4

// head says how far the run is: the bar of the time, the round, the stage.
func (p *Progress) head(width int) []line {
	size := max(4, width/barPart)
	done := int(p.Remains.Done*float64(size) + 0.5)
	bar := line{
		{text: clip(p.Name, max(8, width/4)) + "  "},
		{text: strings.Repeat("█", done), look: good}, {text: strings.Repeat("░", size-done), look: faint},
		{text: "  " + p.Clock()},
	}
	pieces := []line{bar}
	for _, s := range []string{p.Turn, p.RoundText(), p.StageText(), p.AgentsText()} {
		if s != "" {
			pieces = append(pieces, text(s))
		}
	}
	lines := pack(width, "   ", pieces)
	if all := pack(width, "   ", append(pieces, text(p.sessions()))); len(all) == len(lines) {
		return all // else the column does
	}
	return lines
}

// foot names the flows that have had their turn in this round, and those that wait for
// it, with what errors they have.
func (p *Progress) foot(width int) (lines []line) {
	for _, part := range []struct {
		label string
		flows []live.Flow
	}{{"done", p.Done()}, {"waiting", p.Waiting()}} {
		if len(part.flows) == 0 {
			continue
		}
		pieces := []line{{{text: part.label + ":", look: faint}}}
		for i, f := range part.flows {
			l := line{{text: f.Name, look: faint}}
			if len(f.Errors) > 0 {
				l = append(l, span{" (" + live.ErrorText(f.Errors) + ")", alarm})
			}
			if i < len(part.flows)-1 {
				l = append(l, span{",", faint})
			}
			pieces = append(pieces, l)
		}
		packed := pack(width, " ", pieces)
		if len(packed) > footLines {
			packed = summary(part.label+": "+human.CountOf(int64(len(part.flows)), "flow"), part.flows, width)
		}
		lines = append(lines, packed...)
	}
	return lines
}

// footLines is how many lines of flows that are not under way are still compact.
const footLines = 2

// rest adds up the flows that there is no room for.
func rest(flows []live.Flow, width int) []line {
	if len(flows) == 0 {
		return nil
	}
	var accepted float64
	for i := range flows {
		accepted += flows[i].Accepted
	}
	return summary(fmt.Sprintf("and %s: %s/s accepted", human.CountOf(int64(len(flows)), "more flow"), human.Rate(accepted)), flows, width)
}

// summary says something of flows, and adds up their errors.
func summary(of string, flows []live.Flow, width int) []line {
	pieces := []line{{{text: of, look: faint}}}
	if sum := live.ErrorsOf(flows); len(sum) > 0 {
		pieces = append(pieces, errorPieces("errors: ", sum)...)
	}
	return pack(width, " ", pieces)
}

// errorPieces are errors with their counts, which may go to several lines.
func errorPieces(label string, errors []live.ClassCount) (pieces []line) {
	for i, e := range errors {
		s := e.String()
		if i == 0 {
			s = label + s
		}
		if i < len(errors)-1 {
			s += ","
		}
		pieces = append(pieces, line{{s, alarm}})
	}
	return pieces
}
