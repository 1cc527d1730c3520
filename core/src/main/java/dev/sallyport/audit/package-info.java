/** The record of what was done and what was refused. Whoever acts appends to it in the transaction of the act. */
package dev.sallyport.audit;
