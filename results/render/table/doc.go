// Package table draws what people read: sections of a table with sentences below it,
// for a terminal or as Markdown.
//
//	err := table.Draw(os.Stdout, table.Report{Head: []string{"nightly"}, Sections: sections}, table.Terminal{Width: 100})
package table
