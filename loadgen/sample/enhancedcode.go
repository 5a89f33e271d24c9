package sample

import "fmt"

// An EnhancedCode is an enhanced mail system status code (RFC 3463), such as
// 5.1.1. The zero value means there was none.
type EnhancedCode [3]uint16

// String returns the code with dots between its numbers, and "" for the zero
// value.
func (e EnhancedCode) String() string {
	if e == (EnhancedCode{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", e[0], e[1], e[2])
}
