package watch

import (
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// An End is what a command came to.
type End struct {
	criteria.Conclusion
	Note string // where there is more
	Page string // the finished page, as HTML; "" if there is none
}

// Finish tells those who watch how it ended. After that the finished page, if there is
// one, is what is served.
func (s *Server) Finish(e End) {
	looks := map[criteria.Word][2]string{criteria.Pass: {"good", "✓"}, criteria.Undecided: {"unsure", "?"}}
	look, ok := looks[e.Word]
	if !ok {
		look = [2]string{"bad", "✕"}
	}
	s.stream.finish(event("end", struct {
		Word string `json:"word"`
		Text string `json:"text"`
		Note string `json:"note"`
		Look string `json:"look"`
		Sign string `json:"sign"`
		Page string `json:"page"`
	}{string(e.Word), printable.Text(e.String()), printable.Text(e.Note), look[0], look[1], e.Page}), e.Page)
}
