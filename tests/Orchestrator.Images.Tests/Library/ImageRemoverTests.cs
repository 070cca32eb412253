using Orchestrator.Images.Library;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Tests.Library;

public sealed class ImageRemoverTests
{
    private static readonly Digest Id = Digest.Of("image"u8);
    private static readonly Digest Child = Digest.Of("child"u8);
    private static readonly string Hash = $"@{Digest.Of("manifest"u8)}";

    [Fact]
    public void One_of_several_names_goes_alone()
    {
        var outcome = Remove(State("web:1", "web:2"), "web:1");

        Assert.Equal(["web:1"], Names(outcome));
        Assert.Empty(outcome.Deleted);
    }

    [Fact]
    public void The_last_tag_of_a_repository_takes_the_digests_of_that_repository_with_it()
    {
        Assert.Equal(["web:latest", "web" + Hash], Names(Remove(State("web:latest", "web" + Hash), "web")));
        Assert.Equal(["web:latest", "web" + Hash], Names(Remove(State("web:latest", "web" + Hash, "h:1/x:1"), "web")));
        Assert.Equal(["web:1"], Names(Remove(State("web:1", "web:2", "web" + Hash), "web:1")));
    }

    [Fact]
    public void By_id_an_image_of_one_tag_goes_and_one_of_several_is_refused_unless_forced()
    {
        Assert.Equal([Id], Remove(State("web:1", "web" + Hash), Id.ShortHex).Deleted.ToArray());
        Assert.Equal($"conflict: unable to delete {Id.ShortHex} (must be forced) - image is referenced in multiple repositories",
            Remove(State("web:1", "other:1"), Id.ShortHex).Refusal);
        Assert.Equal([Id], Remove(State("web:1", "other:1"), Id.ShortHex, force: true).Deleted.ToArray());
    }

    [Theory]
    [InlineData("web", false, false, "conflict: unable to remove repository reference \"web\" (must force) - container 0123456789ab is using its referenced image ID")]
    [InlineData("web", false, true, "conflict: unable to remove repository reference \"web\" (must force) - container 0123456789ab is using its referenced image ID")]
    [InlineData("web", true, false, null)]
    [InlineData("web", true, true, "conflict: unable to delete ID (cannot be forced) - image is being used by running container 0123456789ab")]
    [InlineData("ID", false, false, "conflict: unable to delete ID (must be forced) - image is being used by stopped container 0123456789ab")]
    [InlineData("ID", true, true, "conflict: unable to delete ID (cannot be forced) - image is being used by running container 0123456789ab")]
    [InlineData("ID", true, false, null)]
    public void A_container_keeps_its_image_in_dockers_words(string name, bool force, bool running, string? refusal)
    {
        var use = new ImageUse("0123456789abcdef", running);

        var outcome = Remove(State("web:latest"), name.Replace("ID", Id.ShortHex), force, use);

        Assert.Equal(refusal?.Replace("ID", Id.ShortHex), outcome.Refusal);
        Assert.Equal(refusal is null, outcome.Deleted.Contains(Id));
    }

    [Fact]
    public void A_parent_without_a_name_goes_with_its_last_child_and_never_before()
    {
        var state = State("web:latest").With(new LibraryEntry { Id = Child, Manifest = new Descriptor(), Parent = Id }).Named(Reference.Parse("c:1"), Child, default);
        var unnamed = state.Unnamed([Reference.Parse("web:latest")]);

        Assert.Equal($"conflict: unable to delete {Id.ShortHex} (cannot be forced) - image has dependent child images", Remove(unnamed, Id.ToString(), force: true).Refusal);
        Assert.Equal([Child, Id], ImageRemover.Remove(unnamed, "c:1", Child, TestNode.Removal()).Deleted.ToArray());
        Assert.Equal([Child], ImageRemover.Remove(state, "c:1", Child, TestNode.Removal()).Deleted.ToArray());
    }

    private static LibraryState State(params string[] names) => names.Aggregate(
        LibraryState.Empty.With(new LibraryEntry { Id = Id, Manifest = new Descriptor() }),
        (state, name) => state.Named(Reference.Parse(name), Id, default));

    private static ImageRemover.Outcome Remove(LibraryState state, string name, bool force = false, ImageUse? use = null) =>
        ImageRemover.Remove(state, name, Id, TestNode.Removal(force, use));

    private static IEnumerable<string> Names(ImageRemover.Outcome outcome) => outcome.Untagged.Select(n => n.Familiar);
}
