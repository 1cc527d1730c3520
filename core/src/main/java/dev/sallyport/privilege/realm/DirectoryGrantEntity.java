package dev.sallyport.privilege.realm;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.io.Serializable;

/** A role or a group that a directory gave a user when it was last looked at. */
@Entity
@Table(name = "SP_DIRECTORY_GRANT")
@IdClass(DirectoryGrantEntity.Key.class)
@NamedQuery(
        name = "directoryGrants",
        query = "select g.userId from DirectoryGrantEntity g where g.realmId = :realmId and g.targetId = :targetId")
@NamedQuery(
        name = "removeDirectoryGrant",
        query = "delete from DirectoryGrantEntity g where g.realmId = :realmId and g.targetId = :targetId"
                + " and g.userId = :userId")
@NamedQuery(
        name = "removeDirectoryGrantsOfRealm",
        query = "delete from DirectoryGrantEntity g where g.realmId = :realmId")
@NamedQuery(
        name = "removeDirectoryGrantsOfUser",
        query = "delete from DirectoryGrantEntity g where g.realmId = :realmId and g.userId = :userId")
public class DirectoryGrantEntity {

    /** Stands for no user: whom that role or group is given to has been looked at. */
    static final String NOBODY = "-";

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId;

    @Id
    @Column(name = "TARGET_ID", length = 36)
    String targetId;

    @Id
    @Column(name = "USER_ID")
    String userId;

    /** What makes a row unique. */
    public record Key(String realmId, String targetId, String userId) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
