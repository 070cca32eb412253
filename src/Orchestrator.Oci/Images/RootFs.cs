using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>The layers of an image by the digests of their plain tars (diff IDs), lowest first.</summary>
public sealed record RootFs
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "layers";

    [JsonPropertyName("diff_ids")]
    public Digest[] DiffIds { get; init; } = [];

    /// <summary>
    /// The chain ID of each layer: names it together with everything below it. Same order and length.
    /// </summary>
    /// <remarks>Source: OCI image-spec 1.1, config.md, "Layer ChainID".</remarks>
    public IReadOnlyList<Digest> ChainIds()
    {
        var chain = new List<Digest>(DiffIds.Length);
        foreach (var diff in DiffIds)
            chain.Add(chain.Count == 0 ? diff : Chain(chain[^1], diff));
        return chain;
    }

    public static Digest Chain(Digest parent, Digest diff) =>
        Digest.Of(System.Text.Encoding.ASCII.GetBytes($"{parent} {diff}"));
}
