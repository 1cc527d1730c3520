package dev.sallyport.watch.realm;

import org.keycloak.models.jpa.session.PersistentUserSessionEntity;
import org.keycloak.models.session.PersistentUserSessionModel;

/** A row of Keycloak's sessions as Keycloak's adapter wants it, only to be read. */
record SessionRow(PersistentUserSessionEntity row) implements PersistentUserSessionModel {

    /** As Keycloak's tables say it. */
    static final String OFFLINE = "1";

    @Override
    public String getUserSessionId() {
        return row.getUserSessionId();
    }

    @Override
    public int getStarted() {
        return row.getCreatedOn();
    }

    @Override
    public int getLastSessionRefresh() {
        return row.getLastSessionRefresh();
    }

    @Override
    public boolean isOffline() {
        return OFFLINE.equals(row.getOffline());
    }

    @Override
    public String getData() {
        return row.getData();
    }

    @Override
    public boolean isRememberMe() {
        return row.isRememberMe();
    }

    @Override
    public void setUserSessionId(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setStarted(int started) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLastSessionRefresh(int lastSessionRefresh) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setOffline(boolean offline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setData(String data) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setRealmId(String realmId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setUserId(String userId) {
        // NB. Keycloak's adapter says so when it is given the user, whose row this is.
    }

    @Override
    public void setBrokerSessionId(String brokerSessionId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setRememberMe(boolean rememberMe) {
        throw new UnsupportedOperationException();
    }
}
