/**
 * Expressions in the Common Expression Language (CEL), for conditions that the fields of a document cannot say. An
 * expression is type-checked and bounded when its document is read; when it is evaluated, whatever is missing or fails makes
 * the answer unknown. The one package that knows the library.
 */
package dev.sallyport.expression;
