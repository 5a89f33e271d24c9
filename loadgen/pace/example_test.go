package pace_test

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// A rate that grows from nothing to four arrivals a second within two seconds.
func ExampleSchedule() {
	schedule := pace.New([]pace.Stage{{For: 2 * time.Second, From: 0, To: 4}}, pace.Uniform, 0)
	for n := int64(0); ; n++ {
		due, ok := schedule.At(n)
		if !ok {
			break
		}
		fmt.Println("arrival", n, "is due after", due.Round(time.Millisecond))
	}
	// Output:
	// arrival 0 is due after 707ms
	// arrival 1 is due after 1.225s
	// arrival 2 is due after 1.581s
	// arrival 3 is due after 1.871s
}
