package dev.sallyport.risk.realm;

import dev.sallyport.network.Place;
import dev.sallyport.risk.LoginAttempt;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * A login that somebody attempts.
 *
 * @param user whom it claims to be; not everything that proves it has been shown yet
 * @param client the application that asked for it
 * @param attempt what it looks like, in the terms of the user's history
 * @param place where it comes from
 */
public record SignIn(RealmModel realm, UserModel user, ClientModel client, LoginAttempt attempt, Place place) {}
