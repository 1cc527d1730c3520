package dev.sallyport.risk.realm;

import dev.sallyport.risk.LoginHistory;
import java.util.function.UnaryOperator;

/** What is remembered of the logins of a realm's users. */
interface LoginHistoryStore {

    /** The history of a user; of one who never logged in, {@link LoginHistory#none}. */
    LoginHistory of(String userId);

    /**
     * Changes the history of a user, in a transaction of its own. Of several changes at once none is lost.
     *
     * @throws RuntimeException if it could not be written; nothing that the caller does is affected
     */
    void change(String userId, UnaryOperator<LoginHistory> change);

    /** Removes the histories of users that a source of users took with it, whether or not it had imported them. */
    void removeUsersOf(String source);
}
