// Operations whose success this run cannot reach, each with its reason. One that was reached after all is a fault.
export const neverDone = {};
