// Package human writes durations, sizes, rates, shares and counts as people read
// them, and each in one way wherever it is shown:
//
//	human.Duration(12345 * time.Microsecond) // 12.3 ms
//	human.Count(12345)                       // 12,345
//	human.Share(0.0276)                      // 2.76 %
//	human.PercentOf(-2).Signed().String()    // -2.0 %
//	human.Span(human.DurationOf(low), human.DurationOf(high)) // 1.20 to 3.40 ms
//
// Figures have three significant digits, or all there are before the point, and a
// comma before each three digits there. A blank stands between number and unit. A
// minus is the hyphen of a keyboard, so that what is shown can be searched for and
// typed. The pages' scripts follow the same rules (render/page/assets/units.js); a
// test of package render holds the two together.
package human
