/**
 * How suspicious a login is: evidence, what one opinion or several make of it, and the history of a user's logins that the
 * built-in evaluator compares with. Asked by the access gate, and only when a policy asks for risk.
 */
package dev.sallyport.risk;
