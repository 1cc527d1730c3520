package dev.sallyport.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.network.Network;
import dev.sallyport.network.realm.NetworkProvider;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** The networks that policies can name, as documents. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class NetworksResource {

    private final Administration administration;
    private final DocumentComponents documents;

    NetworksResource(Administration administration) {
        this.administration = administration;
        this.documents = NetworkProvider.documents(administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(NetworkProvider.stored(administration.realm()).stream()
                        .map(NetworksResource::document)
                        .toList()));
    }

    @POST
    public Response create(InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            var guard = new LockOutGuard(administration, force);
            var network = Network.read(RequestText.body(body));
            if (documents.find(network.name()).isPresent()) {
                throw Refusal.conflict("There is a network of that name already.");
            }
            guard.change(() -> documents.put(network.name(), Documents.write(network)));
            return Answer.created(network);
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(NetworkProvider.stored(administration.realm()).stream()
                        .filter(network -> network.name().equals(name))
                        .findFirst()
                        .map(NetworksResource::document)
                        .orElseThrow(NetworksResource::unknown)));
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            var guard = new LockOutGuard(administration, force);
            if (documents.find(name).isEmpty()) throw unknown();
            var network = Network.read(RequestText.body(body));
            if (!network.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            guard.change(() -> documents.put(name, Documents.write(network)));
            return Answer.ok(network);
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            if (documents.find(name).isEmpty()) throw unknown();
            AccessPolicyProvider.policies(administration.realm()).stream()
                    .filter(policy -> policy instanceof AccessPolicy readable && readable.names(name))
                    .findFirst()
                    .ifPresent(policy -> {
                        throw Refusal.conflict("The policy " + policy.name() + " refers to that network.");
                    });
            documents.remove(name);
            return Answer.done();
        });
    }

    /** The network, and why it cannot be read if it cannot. */
    private static ObjectNode document(NetworkProvider.Stored stored) {
        if (stored.network().isPresent())
            return (ObjectNode) Documents.toTree(stored.network().get());
        var document = (ObjectNode) Documents.tree("{}");
        stored.fault().ifPresent(fault -> document.put("invalid", fault));
        return document.put("name", stored.name());
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no network of that name.");
    }
}
