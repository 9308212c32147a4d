// One line for each check, and whether all held.
package main

import "fmt"

type Checks struct{ held, failed int }

// holds: there must be no error.
func (c *Checks) holds(what string, err error) bool {
	if err == nil {
		fmt.Println("ok      " + what)
		c.held++
		return true
	}
	fmt.Printf("FAILED  %s\n        %v\n", what, err)
	c.failed++
	return false
}

// refused: Go must have found what was changed.
func (c *Checks) refused(what string, err error) {
	if err == nil {
		err = fmt.Errorf("it was accepted")
	} else {
		err = nil
	}
	c.holds(what, err)
}

// differs is the error of a comparison that failed, or none.
func differs(found, expected any) error {
	if fmt.Sprint(found) == fmt.Sprint(expected) {
		return nil
	}
	return fmt.Errorf("found %v, expected %v", found, expected)
}
