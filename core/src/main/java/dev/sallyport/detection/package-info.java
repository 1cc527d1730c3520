/**
 * What is detected by looking rather than by what happens: whether something that stays as it is has become worth a finding. Called
 * by the looks in the sub-package {@code realm}, which also detects what happens.
 */
package dev.sallyport.detection;
