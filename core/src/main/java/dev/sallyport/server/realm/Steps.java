package dev.sallyport.server.realm;

import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Work that is done in steps, each in a transaction of its own. */
public final class Steps {

    /** NB. So that what is long in one realm keeps no other realm waiting: whoever comes back goes on with it. */
    static final int AT_A_TIME = 20;

    private Steps() {}

    /** @param step does the next one, and says whether there is more to do at once */
    public static void take(KeycloakSessionFactory factory, Predicate<KeycloakSession> step) {
        boolean more = true;
        for (int taken = 0; more && taken < AT_A_TIME; taken++) {
            more = KeycloakModelUtils.runJobInTransactionWithResult(factory, step::test);
        }
    }
}
