package histogram

import "math/bits"

// A cell is the durations that a histogram counts as one. Cells are numbered in
// ascending order, as HdrHistogram V2 encodes them. They are 2^unitMagnitude ns wide
// up to the end of the first bucket, and twice as wide in each bucket after it.
const (
	unitMagnitude = 9  // log2 of lowestValue, rounded down
	halfMagnitude = 10 // log2 of half the linear steps that give three digits
	subBucketMask = (1<<(halfMagnitude+1) - 1) << unitMagnitude

	numBuckets = 23 // of which the last has highestValue
	numCells   = (numBuckets + 1) << halfMagnitude
)

// CellOf returns the number of the cell of v, in nanoseconds within the range.
func CellOf(v int64) int {
	bucket := bucketOf(v)
	return bucket<<halfMagnitude + int(v>>(bucket+unitMagnitude))
}

// lowestIn returns the lowest value of a cell.
func lowestIn(cell int) int64 {
	bucket := max(0, cell>>halfMagnitude-1)
	return int64(cell-bucket<<halfMagnitude) << (bucket + unitMagnitude)
}

// highestEquivalent returns the highest value in the cell of v.
func highestEquivalent(v int64) int64 {
	return v | (1<<(bucketOf(v)+unitMagnitude) - 1)
}

// bucketOf returns which bucket, each as wide as all before it, v falls into.
func bucketOf(v int64) int {
	return 64 - bits.LeadingZeros64(uint64(v)|subBucketMask) - unitMagnitude - (halfMagnitude + 1)
}
