using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.ControlApi;

public sealed class PayloadTests
{
    [Fact]
    public async Task What_is_in_a_secret_comes_out_to_nobody_and_a_config_is_shown()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await CreateAsync(cluster, "token", "hush");
        await CreateAsync(cluster, "conf", "shown", P.PayloadKind.Config);

        var secret = (await cluster.Manager.Control.GetPayload(new() { Reference = "token" }, cluster.Call())).Payload;
        var listed = (await cluster.Manager.Control.ListPayloads(new(), cluster.Call())).Payloads;
        var config = await cluster.Manager.Control.GetPayload(
            new() { Reference = "conf", Kind = P.PayloadKind.Config }, cluster.Call());
        var updated = await cluster.Manager.Control.UpdatePayload(
            new() { Id = "token", Version = secret.Meta.Version, Annotations = new() { Labels = { { "a", "b" } } } }, cluster.Call());

        Assert.True(secret.Data.IsEmpty);
        Assert.True(Assert.Single(listed).Data.IsEmpty);
        Assert.True(updated.Payload.Data.IsEmpty);
        Assert.Equal("shown", config.Payload.Data.ToStringUtf8());
        Assert.Equal("hush"u8.ToArray(), cluster.Store.View().Secrets.Get(secret.Id)!.Data.ToArray());
    }

    [Theory]
    [InlineData("", 1, "name must be provided")]
    [InlineData("-x", 1, "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed")]
    [InlineData("x y", 1, "invalid name")]
    [InlineData("ok", 0, "secret data must be larger than 0 and less than 512000 bytes")]
    [InlineData("ok", 512_000, "secret data must be larger than 0 and less than 512000 bytes")]
    [InlineData("ok", 511_999, null)]
    [InlineData("a.b-c_d", 1, null)]
    public async Task Name_and_size_are_checked(string name, int size, string? error)
    {
        await using var cluster = await MiniCluster.StartAsync();
        var refused = await Record.ExceptionAsync(() => CreateAsync(cluster, name, new string('x', size)));

        Assert.Equal(error is null, refused is null);
        Assert.Contains(error ?? "", refused?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_labels_can_change_and_a_name_is_taken_once()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var id = await CreateAsync(cluster, "token", "hush");

        var version = cluster.Store.View().Secrets.Get(id)!.Meta.Version;
        var data = await RefusedAsync(cluster.Manager.Control.UpdatePayload(
            new() { Id = id, Version = version, Annotations = new() { Name = "token" }, Data = ByteString.CopyFromUtf8("other") },
            cluster.Call()));
        var stale = await RefusedAsync(cluster.Manager.Control.UpdatePayload(
            new() { Id = id, Version = version - 1, Annotations = new() }, cluster.Call()));
        var twice = await RefusedAsync(CreateAsync(cluster, "token", "more"));

        Assert.Equal("only updates to Labels are allowed", data.What);
        Assert.Equal(ErrorCode.OutOfSequence, stale.Code);
        Assert.Equal((ErrorCode.NameTaken, "secret token already exists"), (twice.Code, twice.What));
        await CreateAsync(cluster, "token", "a config of that name", P.PayloadKind.Config);
    }

    [Fact]
    public async Task A_service_refers_to_what_there_is_and_then_it_stays()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var missing = await RefusedAsync(cluster.CreateAsync(With("web", "token")));
        var id = await CreateAsync(cluster, "token", "hush");
        var service = await cluster.CreateAsync(With("web", "token"));

        var used = await RefusedAsync(RemoveAsync(cluster, "token"));
        await cluster.UpdateAsync("web", spec => spec with
        {
            Task = spec.Task with { Container = spec.Task.Container with { Payloads = [] } },
        });
        await RemoveAsync(cluster, "token");

        Assert.Equal("secret not found: token", missing.What);
        var reference = Assert.Single(service.Spec.ToModel().Task.Container.Payloads);
        Assert.Equal((id, "token", "/run/secrets/token"), (reference.Id.Value, reference.Name, reference.Path));
        Assert.Equal((ErrorCode.InUse, "secret 'token' is in use by the following service: web"), (used.Code, used.What));
        Assert.Empty(cluster.Store.View().Secrets.All);
    }

    [Fact]
    public async Task Two_files_of_a_task_are_not_in_one_place()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await CreateAsync(cluster, "one", "1");
        await CreateAsync(cluster, "other", "2");

        var refused = await RefusedAsync(cluster.CreateAsync(With("web", "one", "other")));

        Assert.Equal("secret references 'one' and 'other' have a conflicting target: 'same'", refused.What);
    }

    [Fact]
    public async Task A_route_has_its_certificate_of_a_secret_which_is_in_use_then_and_no_spec_has_the_key()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await CreateAsync(cluster, "site", Pem("shop.example"));
        await CreateAsync(cluster, "none", "no certificate");
        ServiceSpec Routed(string secret) => MiniCluster.Spec("web", 0) with
        {
            Endpoint = new EndpointSpec { Routes = [new HttpRoute("shop.example", "/", 80) { SecretName = secret }] },
        };

        var bad = await RefusedAsync(cluster.CreateAsync(Routed("none")));
        var service = await cluster.CreateAsync(Routed("site"));
        var used = await RefusedAsync(RemoveAsync(cluster, "site"));

        Assert.StartsWith("certificate of route shop.example/ in secret none cannot be used", bad.What, StringComparison.Ordinal);
        Assert.Equal("secret 'site' is in use by the following service: web", used.What);
        Assert.DoesNotContain("PRIVATE KEY", service.ToString(), StringComparison.Ordinal);
        Assert.Equal("site", Assert.Single(service.Spec.Endpoint.Routes).SecretName);
    }

    private static async Task<string> CreateAsync(
        MiniCluster cluster, string name, string data, P.PayloadKind kind = P.PayloadKind.Secret) =>
        (await cluster.Manager.Control.CreatePayload(
            new() { Kind = kind, Annotations = new() { Name = name }, Data = ByteString.CopyFromUtf8(data) }, cluster.Call())).Id;

    private static Task RemoveAsync(MiniCluster cluster, string name) =>
        cluster.Manager.Control.RemovePayload(new() { Id = name }, cluster.Call());

    private static ServiceSpec With(string service, params string[] secrets)
    {
        var spec = MiniCluster.Spec(service, 0);
        return spec with
        {
            Task = spec.Task with
            {
                Container = spec.Task.Container with
                {
                    Payloads =
                    [
                        .. secrets.Select(name => new PayloadReference(
                            PayloadKind.Secret, new(""), name, secrets.Length > 1 ? "same" : "")),
                    ],
                },
            },
        };
    }

    private static async Task<UserException> RefusedAsync(Task call)
    {
        var error = await Record.ExceptionAsync(() => call);
        return error as UserException ?? Assert.IsType<RpcException>(error).ToUser();
    }

    private static string Pem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
