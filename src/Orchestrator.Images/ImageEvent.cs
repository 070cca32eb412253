namespace Orchestrator.Images;

/// <summary>Something happened to an image: the stuff of docker's events of type <c>image</c>.</summary>
/// <param name="Action">
/// <c>import</c>, <c>load</c>, <c>save</c>, <c>pull</c>, <c>push</c>, <c>tag</c>, <c>untag</c> or <c>delete</c>.
/// </param>
/// <param name="Id">Actor id: the image's id, or for pull and push the reference.</param>
/// <param name="Name">Attribute <c>name</c>: the reference it is about, where there is one.</param>
public sealed record ImageEvent(string Action, string Id, string? Name);
