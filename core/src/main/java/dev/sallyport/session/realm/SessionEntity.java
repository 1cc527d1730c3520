package dev.sallyport.session.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Nationalized;

/**
 * Whose session this is, and on which device it was started: the index by which the sessions are found that a change
 * touches. An offline session has the id of the one that it is a copy of, and so the same row.
 */
@Entity
@Table(name = "SP_SESSION")
@IdClass(SessionEntity.Key.class)
@NamedQuery(name = "removeSessionsOfRealm", query = "delete from SessionEntity s where s.realmId = :realmId")
@NamedQuery(
        name = "removeSessionsOfUser",
        query = "delete from SessionEntity s where s.realmId = :realmId and s.userId = :userId")
@NamedQuery(
        name = "removeSession",
        query = "delete from SessionEntity s where s.realmId = :realmId and s.sessionId = :sessionId")
@NamedQuery(
        name = "sessionsOfDevice",
        query = "select s.sessionId from SessionEntity s where s.realmId = :realmId and s.deviceId = :subject"
                + " and s.sessionId > :position and s.indexedAt >= :since order by s.sessionId")
@NamedQuery(
        name = "sessionsOfUser",
        query = "select s.sessionId from SessionEntity s where s.realmId = :realmId and s.userId = :subject"
                + " and s.sessionId > :position and s.indexedAt >= :since order by s.sessionId")
@NamedQuery(
        name = "sessionsOfRealm",
        query = "select s.sessionId from SessionEntity s where s.realmId = :realmId and s.sessionId > :position"
                + " and s.indexedAt >= :since order by s.sessionId")
@NamedQuery(
        name = "watchedSessionsOfRealm",
        query = "select s.sessionId from SessionEntity s where s.realmId = :realmId and s.watched = true"
                + " and s.sessionId > :position order by s.sessionId")
@NamedQuery(
        name = "watchSession",
        query = "update SessionEntity s set s.watched = true where s.realmId = :realmId and s.sessionId = :sessionId")
@NamedQuery(name = "countSessionsOfRealm", query = "select count(s) from SessionEntity s where s.realmId = :realmId")
@NamedQuery(
        name = "oldSessionsOfRealm",
        query = "select s.sessionId from SessionEntity s where s.realmId = :realmId and s.sessionId > :position"
                + " and s.indexedAt < :before order by s.sessionId")
public class SessionEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Column(name = "SESSION_ID", length = 36)
    String sessionId;

    @Column(name = "USER_ID")
    String userId;

    /** Null for a session that was started on no device. */
    @Nationalized
    @Column(name = "DEVICE_ID")
    String deviceId;

    /** Epoch milliseconds. */
    @Column(name = "INDEXED_AT")
    long indexedAt;

    /** Whether it was a privileged session the last time that anything was heard of it. */
    @Column(name = "WATCHED")
    boolean watched;

    /** What makes a row unique. */
    public record Key(String realmId, String sessionId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
