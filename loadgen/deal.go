package loadgen

import "fmt"

// A Part is the place of an engine's shards among those of several engines, for
// example on several machines, that carry out the same plan together. Each engine
// then does the part of the load that falls to its shards, as if all of them ran in
// one engine. The engines must have the same plan, with the same seed.
type Part struct {
	First int // the number, from 0, of the engine's first shard among all
	All   int // shards of all engines; 0 means that this engine has all of them
}

// check returns an error if so many shards have no place in the part.
func (p Part) check(shards int) error {
	if p == (Part{}) || p.First >= 0 && p.First+shards <= p.All {
		return nil
	}
	return fmt.Errorf("%d shards from number %d on do not fit among %d", shards, p.First, p.All)
}

// deal returns the place of one of the engine's shards.
func (p Part) deal(shard, shards int) deal {
	if p.All == 0 {
		p.All = shards
	}
	return deal{index: int64(p.First + shard), count: int64(p.All)}
}

// A deal is a shard's place among those that things are dealt out to, one by one:
// thing number n goes to shard n mod count. So what a shard has depends on no other
// shard, and all together have each thing once. Arrivals at random are the exception:
// pace.Share says whose each of them is.
type deal struct {
	index, count int64
}

// among returns the place if at most so many shards get anything. A shard beyond
// those gets nothing.
func (d deal) among(most int) deal {
	d.count = min(d.count, int64(max(1, most)))
	return d
}

// none tells whether the shard gets nothing, however many things there are.
func (d deal) none() bool { return d.index >= d.count }

// share returns how many of n things the shard gets.
func (d deal) share(n int64) int64 {
	if d.none() {
		return 0
	}
	return (n + d.count - 1 - d.index) / d.count
}

// number returns the number that the shard's thing k has among those of all shards.
func (d deal) number(k int64) int64 { return k*d.count + d.index }
