package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A wholeFlag is a whole number between two bounds. If the flag is not given, value
// stays as it was made; it may be under least then, which a given value cannot be.
type wholeFlag struct {
	value, least int
	most         int // 0 for no bound
}

// String is empty if the flag is not given and has no default.
func (f *wholeFlag) String() string {
	if f.value < f.least {
		return ""
	}
	return strconv.Itoa(f.value)
}

// Type names the value in the help.
func (f *wholeFlag) Type() string { return "N" }

// Set reads a number.
func (f *wholeFlag) Set(text string) error {
	v, err := strconv.Atoi(text)
	switch {
	case err == nil && v >= f.least && (f.most == 0 || v <= f.most):
		f.value = v
		return nil
	case f.most == 0:
		return fmt.Errorf("want a whole number, %d or more", f.least)
	}
	return fmt.Errorf("want a whole number from %d to %d", f.least, f.most)
}

// A chanceFlag is a number above 0 and below 1.
type chanceFlag float64

// String is the number.
func (f *chanceFlag) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }

// Type names the value in the help.
func (f *chanceFlag) Type() string { return "CHANCE" }

// leastChance is the smallest chance: any smaller one needs more rounds than
// anybody makes.
const leastChance = 1e-12

// Set reads a number.
func (f *chanceFlag) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xX") || !(v >= leastChance && v < 1) { // so that NaN is refused
		return errors.New("want a number above 0 and below 1, such as 0.05")
	}
	*f = chanceFlag(v)
	return nil
}

// A percentFlag is a share above zero, written as a percentage.
type percentFlag struct {
	share float64
	given bool
}

// String is empty if the flag is not given: there is no default here.
func (f *percentFlag) String() string {
	if !f.given {
		return ""
	}
	return strconv.FormatFloat(100*f.share, 'g', -1, 64) + "%"
}

// Type names the value in the help.
func (f *percentFlag) Type() string { return "PERCENT" }

// Set reads a percentage.
func (f *percentFlag) Set(text string) error {
	v, err := criteria.ParseShare(text)
	if err != nil || v == 0 {
		return errors.New("want a percentage above 0 such as 3%")
	}
	f.share, f.given = v, true
	return nil
}
