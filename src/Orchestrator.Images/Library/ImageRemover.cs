using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>
/// Docker's rules of removal: what goes when a name or an id is given, what refuses, and in which words.
/// </summary>
internal static class ImageRemover
{
    /// <summary>What a removal came to.</summary>
    /// <param name="Next">The state after it.</param>
    /// <param name="Untagged">Names that went, in order.</param>
    /// <param name="Deleted">Images that went, in order.</param>
    /// <param name="Refusal">Why the rest did not happen; what did happen stands, as in docker.</param>
    internal sealed record Outcome(
        LibraryState Next, ImmutableArray<Reference> Untagged, ImmutableArray<Digest> Deleted, string? Refusal = null);

    /// <summary>Pure: removes from <paramref name="state"/> what <paramref name="name"/> means.</summary>
    public static Outcome Remove(LibraryState state, string name, Digest id, RemoveOptions options) =>
        ImageFinder.IsIdOf(id, name) && !IsNameOf(state, id, name)
            ? RemoveById(state, id, options)
            : RemoveByName(state, name, id, options);

    private static bool IsNameOf(LibraryState state, Digest id, string name) =>
        Reference.TryParse(name, out var reference) && ImageFinder.FindNamed(state, reference) == id;

    private static Outcome RemoveByName(LibraryState state, string name, Digest id, RemoveOptions options)
    {
        var unchanged = new Outcome(state, [], []);
        var names = state.NamesOf(id).ToList();
        if (!options.Force && IsSingle(names) && options.UserOf(id) is { } user)
        {
            return unchanged with
            {
                Refusal = $"conflict: unable to remove repository reference \"{name}\" (must force) - " +
                    $"container {Cut(user.ContainerId)} is using its referenced image {id.ShortHex}",
            };
        }

        var parsed = Reference.Parse(name);
        var removed = parsed.Digest is { } digest ? parsed.WithDigest(digest) : parsed.WithDefaultTag();
        var gone = new List<Reference> { removed };
        var rest = names.Where(n => n != removed).ToList();
        // With the last tag of a repository go the digests it is known by there.
        if (removed.Digest is null && !rest.Exists(n => n.Name == removed.Name && n.Digest is null))
            gone.AddRange(rest.Where(n => n.Name == removed.Name));
        rest.RemoveAll(gone.Contains);

        var after = new Outcome(state.Unnamed(gone), [.. gone], []);
        return rest.Count > 0 ? after : Delete(after, id, options);
    }

    private static Outcome RemoveById(LibraryState state, Digest id, RemoveOptions options)
    {
        var before = new Outcome(state, [], []);
        var names = state.NamesOf(id).ToList();
        if (!IsSingle(names))
            return Delete(before, id, options);
        return Conflict(state, id, options, namesCount: false) is { } refusal
            ? before with { Refusal = refusal }
            : Delete(before with { Next = state.Unnamed(names), Untagged = [.. names] }, id, options);
    }

    /// <summary>Deletes the image itself, and parents that nothing else needs.</summary>
    private static Outcome Delete(Outcome before, Digest id, RemoveOptions options)
    {
        if (Conflict(before.Next, id, options, namesCount: true) is { } refusal)
            return before with { Refusal = refusal };
        var names = before.Next.NamesOf(id).ToList();
        var parent = before.Next.Images[id].Parent;
        var after = before with
        {
            Next = before.Next.Unnamed(names).Without(id),
            Untagged = before.Untagged.AddRange(names),
            Deleted = before.Deleted.Add(id),
        };
        if (options.NoPrune || parent is not { } above
            || !after.Next.Images.ContainsKey(above) || after.Next.NamesOf(above).Any())
            return after;
        var pruned = Delete(after, above, options with { Force = false });
        return pruned.Refusal is null ? pruned : after;
    }

    private static string? Conflict(LibraryState state, Digest id, RemoveOptions options, bool namesCount)
    {
        string Words(string how, string why) => $"conflict: unable to delete {id.ShortHex} ({how}) - {why}";
        const string hard = "cannot be forced", soft = "must be forced";
        if (state.Images.Values.Any(e => e.Parent == id))
            return Words(hard, "image has dependent child images");
        var user = options.UserOf(id);
        if (user is { Running: true })
            return Words(hard, $"image is being used by running container {Cut(user.ContainerId)}");
        if (options.Force)
            return null;
        if (namesCount && state.NamesOf(id).Any())
            return Words(soft, "image is referenced in multiple repositories");
        return user is null ? null : Words(soft, $"image is being used by stopped container {Cut(user.ContainerId)}");
    }

    /// <summary>At most one tag, and all names in one repository.</summary>
    private static bool IsSingle(List<Reference> names) =>
        names.Count(n => n.Digest is null) <= 1 && names.Select(n => n.Name).Distinct().Count() <= 1;

    private static string Cut(string containerId) => containerId.Length <= 12 ? containerId : containerId[..12];
}
