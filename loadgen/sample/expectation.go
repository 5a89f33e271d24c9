package sample

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An Expectation says which rejections a scenario wants. The zero value wants none.
// Expectations are comparable.
type Expectation struct {
	classes uint64 // a bit for each class; all of them for any
	phases  uint64 // a bit for each phase; 0 for every phase
}

// anyClass is the word for every class.
const anyClass = "any"

// Expect wants rejections of some classes, or of any class if none is given, in some
// phases, or in any phase if none is given.
func Expect(classes []Class, phases ...Phase) Expectation {
	e := Expectation{classes: 1<<NumClasses - 1}
	if len(classes) > 0 {
		e.classes = 0
	}
	for _, c := range classes {
		e.classes |= 1 << c
	}
	for _, p := range phases {
		e.phases |= 1 << p
	}
	return e
}

// Rejections tells whether any rejection is wanted.
func (e Expectation) Rejections() bool { return e.classes != 0 }

// Covers tells whether a failure in a phase and of a class is a wanted one.
func (e Expectation) Covers(p Phase, c Class) bool {
	return e.classes&(1<<c) != 0 && (e.phases == 0 || e.phases&(1<<p) != 0)
}

// CoversNamed is Covers by the names of the phase and the class.
func (e Expectation) CoversNamed(phase, class string) bool {
	p, okPhase := ParsePhase(phase)
	c, okClass := ParseClass(class)
	return okPhase && okClass && e.Covers(p, c)
}

// String is the expectation in words: "recipient-unknown or greylisted at rcpt".
func (e Expectation) String() string {
	if !e.Rejections() {
		return "none"
	}
	classes, phases := e.names()
	text := strings.Join(classes, " or ")
	if len(phases) > 0 {
		text += " at " + strings.Join(phases, " or ")
	}
	return text
}

func (e Expectation) names() (classes, phases []string) {
	if e.classes == 1<<NumClasses-1 {
		classes = []string{anyClass}
	} else {
		for c := range Class(NumClasses) {
			if e.classes&(1<<c) != 0 {
				classes = append(classes, c.String())
			}
		}
	}
	for p := range Phase(NumPhases) {
		if e.phases&(1<<p) != 0 {
			phases = append(phases, p.String())
		}
	}
	return classes, phases
}

// expectationJSON is an expectation in a run file.
type expectationJSON struct {
	Rejected []string `json:"rejected"`     // classes, or any
	At       []string `json:"at,omitempty"` // phases; left out for every phase
}

// MarshalJSON writes the classes and phases by their names.
func (e Expectation) MarshalJSON() ([]byte, error) {
	classes, phases := e.names()
	return json.Marshal(expectationJSON{classes, phases})
}

// UnmarshalJSON reads what MarshalJSON wrote. The error names what is unknown here.
func (e *Expectation) UnmarshalJSON(b []byte) error {
	var named expectationJSON
	if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	*e = Expectation{}
	for _, name := range named.Rejected {
		c, ok := ParseClass(name)
		switch {
		case name == anyClass:
			e.classes = 1<<NumClasses - 1
		case !ok:
			return fmt.Errorf("no class is named %.40q", name)
		default:
			e.classes |= 1 << c
		}
	}
	for _, name := range named.At {
		p, ok := ParsePhase(name)
		if !ok {
			return fmt.Errorf("no phase is named %.40q", name)
		}
		e.phases |= 1 << p
	}
	return nil
}
