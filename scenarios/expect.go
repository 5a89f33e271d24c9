package scenarios

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An expectation says which rejections are wanted.
type expectation struct {
	section
	rejected []sample.Class // NoClass stands for any
	at       []sample.Phase
}

var expectShape = object[expectation]{
	name:    "expect",
	example: "{rejected: recipient-unknown}",
	fields: []field[expectation]{
		opt("rejected", oneOrMore[sample.Class](rejectionClass, sample.NumClasses), func(e *expectation) *[]sample.Class { return &e.rejected },
			"The classes of rejections that are wanted, or any. They are counted apart, and are no errors. If none comes, the run has failed.").mandatory(),
		opt("at", oneOrMore[sample.Phase](namesOf(sample.Mail, sample.Rcpt, sample.Data, sample.Body), 4), func(e *expectation) *[]sample.Phase { return &e.at },
			"Only rejections in these phases are wanted. If left out, those in every phase of a message."),
	},
	check: func(d *decoder, e *expectation) {
		for _, c := range e.rejected {
			if c == sample.NoClass && len(e.rejected) > 1 {
				d.Faultf(e.section.at("rejected"), "any has all classes in it: leave the others out")
				return
			}
		}
	},
}

// rejectionClass is the shape of a class that a server's answer to a message may have.
var rejectionClass = oneWord(
	choice[sample.Class]{"any", sample.NoClass},
	classNamed(sample.StartTLSMissing), classNamed(sample.AuthMissing), classNamed(sample.Busy), classNamed(sample.Throttled),
	classNamed(sample.Greylisted), classNamed(sample.RecipientUnknown), classNamed(sample.RelayDenied), classNamed(sample.TooBig),
	classNamed(sample.Policy), classNamed(sample.TempFail), classNamed(sample.PermFail),
)

func classNamed(c sample.Class) choice[sample.Class] { return choice[sample.Class]{c.String(), c} }

// resolved returns the expectation as loadgen has it.
func (e *expectation) resolved() sample.Expectation {
	switch {
	case len(e.rejected) == 0:
		return sample.Expectation{}
	case e.rejected[0] == sample.NoClass:
		return sample.Expect(nil, e.at...)
	}
	return sample.Expect(e.rejected, e.at...)
}
