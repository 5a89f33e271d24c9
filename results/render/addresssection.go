package render

import (
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// addressSection is what became of the sessions at each address, for flows that tried
// several.
func (res *document) addressSection() table.Section {
	s := table.Section{ID: addressesID, Title: "Addresses", Columns: []table.Column{{Name: "flow", Left: true}, {Name: "address", Left: true}}}
	s.Columns = append(s.Columns, table.Numbers("sessions", "unreached", "failed")...)
	s.Columns = append(s.Columns, table.Column{Name: "why unreached", Left: true, Code: true, Wrap: 30})
	for name, t := range res.TargetsInOrder() {
		for _, c := range t.Addresses {
			address := c.Address
			if address == "" {
				address = "others"
			}
			row := table.Plain(name, address, human.Count(c.Started), human.Count(c.Unreached), human.Count(c.Failed), c.Why)
			row[3].Bad, row[4].Bad = c.Unreached > 0, c.Failed > 0
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}
