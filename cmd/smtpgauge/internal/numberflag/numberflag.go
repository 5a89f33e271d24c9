// Package numberflag has the values of flags that are numbers within bounds.
package numberflag

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Whole is a whole number between two bounds. If the flag is not given, Value
// stays as it was made; it may be under Least then, which a given value cannot be.
type Whole struct {
	Value, Least int
	Most         int // 0 for no bound
}

// String is empty if the flag is not given and has no default.
func (f *Whole) String() string {
	if f.Value < f.Least {
		return ""
	}
	return strconv.Itoa(f.Value)
}

// Type names the value in the help.
func (f *Whole) Type() string { return "N" }

// Set reads a number.
func (f *Whole) Set(text string) error {
	v, err := strconv.Atoi(text)
	switch {
	case err == nil && v >= f.Least && (f.Most == 0 || v <= f.Most):
		f.Value = v
		return nil
	case f.Most == 0:
		return fmt.Errorf("want a whole number, %d or more", f.Least)
	}
	return fmt.Errorf("want a whole number from %d to %d", f.Least, f.Most)
}

// A Chance is a number above 0 and below 1.
type Chance float64

// String is the number.
func (f *Chance) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }

// Type names the value in the help.
func (f *Chance) Type() string { return "CHANCE" }

// leastChance is the smallest chance: any smaller one needs more rounds than
// anybody makes.
const leastChance = 1e-12

// Set reads a number.
func (f *Chance) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xX") || !(v >= leastChance && v < 1) { // so that NaN is refused
		return errors.New("want a number above 0 and below 1, such as 0.05")
	}
	*f = Chance(v)
	return nil
}

// A Percent is a share above zero, written as a percentage.
type Percent struct {
	Share float64 // 0.03 is 3 %
	Given bool
}

// String is empty if the flag is not given: there is no default here.
func (f *Percent) String() string {
	if !f.Given {
		return ""
	}
	return strconv.FormatFloat(100*f.Share, 'g', -1, 64) + "%"
}

// Type names the value in the help.
func (f *Percent) Type() string { return "PERCENT" }

// Set reads a percentage.
func (f *Percent) Set(text string) error {
	v, err := criteria.ParseShare(text)
	if err != nil || v == 0 {
		return errors.New("want a percentage above 0 such as 3%")
	}
	f.Share, f.Given = v, true
	return nil
}
