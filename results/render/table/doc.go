// Package table holds what people are shown: sections of a table and of lines
// below it, drawn for a terminal or as Markdown.
package table
