/**
 * What of a realm the pack's protection rests on: flows, required actions, client policy, mappers, listener. Setup makes it;
 * whoever takes it away is noticed.
 */
package dev.sallyport.protection.realm;
