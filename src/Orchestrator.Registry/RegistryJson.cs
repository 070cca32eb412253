using System.Text.Json.Serialization;

namespace Orchestrator.Registry;

internal sealed record ErrorBody([property: JsonPropertyName("errors")] ErrorItem[] Errors);

internal sealed record ErrorItem(
    [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);

internal sealed record TagList(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("tags")] string[] Tags);

internal sealed record Catalog([property: JsonPropertyName("repositories")] string[] Repositories);

internal sealed record TokenAnswer(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn);

[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(Catalog))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TagRecord))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(LegacyNames))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RegistryServerJson : JsonSerializerContext;
