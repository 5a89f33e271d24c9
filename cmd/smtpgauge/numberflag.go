package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A wholeFlag is a whole number between two bounds. Where none is given it is
// the value it was made with, so that this can be one that nobody may give.
type wholeFlag struct {
	value, least int
	most         int // 0 for no bound
}

// String is empty for what is not given and has no default.
func (f *wholeFlag) String() string {
	if f.value < f.least {
		return ""
	}
	return strconv.Itoa(f.value)
}

// Type names the value in the help.
func (f *wholeFlag) Type() string { return "int" }

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

// A chanceFlag is a number between 0 and 1, neither of them.
type chanceFlag float64

// String is the number.
func (f *chanceFlag) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }

// Type names the value in the help.
func (f *chanceFlag) Type() string { return "CHANCE" }

// leastChance takes more rounds than anybody makes.
const leastChance = 1e-12

// Set reads a number.
func (f *chanceFlag) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xX") || !(v >= leastChance && v < 1) { // what is no number is not between any
		return errors.New("want a number above 0 and below 1, such as 0.05")
	}
	*f = chanceFlag(v)
	return nil
}
