/**
 * What device managements say about devices: whom to ask, how to read the answers, and nothing about whether anybody gets
 * in. {@code dev.sallyport.posture.realm} asks; the facts are those of {@code dev.sallyport.device}.
 */
package dev.sallyport.posture;
