package dev.sallyport.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.access.AccessPolicy;
import dev.sallyport.access.PolicyDocument;
import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
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

/** The access policies of the realm as documents, and what they would say. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class AccessPoliciesResource {

    private final Administration administration;
    private final DocumentComponents documents;
    private final PolicyReferences references;

    AccessPoliciesResource(Administration administration) {
        this.administration = administration;
        this.documents = AccessPolicyProvider.documents(administration.realm());
        this.references = new PolicyReferences(administration.session(), administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(AccessPolicyProvider.policies(administration.realm()).stream()
                        .map(this::document)
                        .toList()));
    }

    @POST
    public Response create(InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            var guard = new LockOutGuard(administration, force);
            var policy = read(body);
            if (documents.find(policy.name()).isPresent()) {
                throw Refusal.conflict("There is a policy of that name already.");
            }
            guard.change(() -> documents.put(policy.name(), Documents.write(policy)));
            return Answer.created(policy);
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(AccessPolicyProvider.policies(administration.realm()).stream()
                        .filter(policy -> policy.name().equals(name))
                        .findFirst()
                        .map(this::document)
                        .orElseThrow(AccessPoliciesResource::unknown)));
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            var guard = new LockOutGuard(administration, force);
            if (documents.find(name).isEmpty()) throw unknown();
            var policy = read(body);
            if (!policy.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            guard.change(() -> documents.put(name, Documents.write(policy)));
            return Answer.ok(policy);
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            if (!documents.remove(name)) throw unknown();
            return Answer.done();
        });
    }

    @POST
    @Path("evaluate")
    public Response evaluate(InputStream body) {
        return administration.answer(Right.VIEW, () -> {
            var question = Documents.read(RequestText.body(body), WhatIf.Question.class);
            return Answer.ok(new WhatIf(administration.session(), administration.realm(), administration.clock())
                    .answer(question));
        });
    }

    private AccessPolicy read(InputStream body) {
        var policy = AccessPolicy.read(RequestText.body(body));
        references.check(policy);
        return policy;
    }

    /** The policy, and why it is invalid if it is: because it cannot be read, or names what is not there. */
    private ObjectNode document(PolicyDocument policy) {
        if (policy instanceof AccessPolicy readable) {
            ObjectNode document = (ObjectNode) Documents.toTree(readable);
            references.fault(readable).ifPresent(fault -> document.put("invalid", fault.getMessage()));
            return document;
        }
        var unreadable = (PolicyDocument.Unreadable) policy;
        var document = (ObjectNode) Documents.tree("{}");
        return document.put("name", unreadable.name())
                .put("state", unreadable.state().id())
                .put("invalid", unreadable.fault());
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no policy of that name.");
    }
}
