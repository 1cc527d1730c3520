package dev.sallyport.it.harness;

import org.keycloak.models.utils.TimeBasedOTP;

/** What the user's one-time password generator shows just now. */
public final class OneTimePassword {

    private OneTimePassword() {}

    public static String of(String secret) {
        return new TimeBasedOTP().generateTOTP(secret);
    }
}
