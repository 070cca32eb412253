using Microsoft.AspNetCore.Http;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>One request: what it is about and what its caller may do.</summary>
internal sealed record RegistryCall(HttpContext Http, RegistryPath Path, RegistryAuthorizer Authorize)
{
    public string Name => Path.Name;

    public string Argument => Path.Argument;

    public string Method => Http.Request.Method;

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Comes from another manager: answered from own disk only, so that nothing goes in circles.</summary>
    public bool IsPeer => Http.Request.Headers.ContainsKey(PeerRegistries.PeerHeader);

    public bool MayPull(string repository) => Authorize(Http, repository).HasFlag(RegistryRights.Pull);

    public string Query(string key) => Http.Request.Query[key].ToString();

    public void Say(string header, string value) => Http.Response.Headers[header] = value;

    public void Answer(int status) => Http.Response.StatusCode = status;

    /// <exception cref="RegistryError">DIGEST_INVALID.</exception>
    public static Digest ParseDigest(string text) => Digest.TryParse(text, out var digest) ? digest
        : throw RegistryError.DigestInvalid(
            "the digest is malformed: write sha256: and 64 lower-case hex digits, or sha512: and 128");
}
