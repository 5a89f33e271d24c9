package mail

import (
	"bytes"
	"regexp"
)

// isSeparator tells whether a line begins a message of an mbox: From, an address, and
// a date as asctime writes it (RFC 4155, appendix A). A sentence may begin with From
// too, so the date decides. Programs write it in different ways: without seconds,
// with a time zone before or after the year, in the order of RFC 5322, or with
// "remote from HOST" after it. Some write several words in place of the address, or
// none.
func isSeparator(line []byte) bool {
	line, is := bytes.CutPrefix(line, []byte("From "))
	if !is || len(line) > maxLine {
		return false
	}
	words := bytes.Fields(line)
	for i := range min(len(words), maxAddressWords+1) {
		if weekday.Match(words[i]) && isDate(words[i+1:]) {
			return true
		}
	}
	return false
}

const maxAddressWords = 3

var (
	weekday   = regexp.MustCompile(`^(?i:mon|tue|wed|thu|fri|sat|sun),?$`)
	dateParts = [...]struct {
		word        *regexp.Regexp
		least, most int
	}{
		{regexp.MustCompile(`^(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$`), 1, 1},
		{regexp.MustCompile(`^(0?[1-9]|[12][0-9]|3[01])$`), 1, 1},
		{regexp.MustCompile(`^[0-2]?[0-9]:[0-5][0-9](:[0-6][0-9])?$`), 1, 1},
		{regexp.MustCompile(`^(19|20)[0-9][0-9]$`), 1, 1},
		{regexp.MustCompile(`^([+-][0-9]{4}|\(?[A-Z]{1,5}\)?)$`), 0, 2}, // zone
	}
)

// isDate tells whether words are a date that follows a weekday.
func isDate(words [][]byte) bool {
	var found [len(dateParts)]int
next:
	for i, word := range words {
		for part := range dateParts {
			if dateParts[part].word.Match(word) {
				found[part]++
				continue next
			}
		}
		if i+3 == len(words) && string(word) == "remote" && string(words[i+1]) == "from" {
			break
		}
		return false
	}
	for part, n := range found {
		if n < dateParts[part].least || n > dateParts[part].most {
			return false
		}
	}
	return true
}
