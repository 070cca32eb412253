using Orchestrator.Api;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>A wait for a container that has begun: asked for before the start, answered when it ended.</summary>
internal sealed class ExitWaiter
{
    private readonly HttpResponse _response;

    /// <remarks>The daemon sends the head of its answer at once; when this returns, the wait is on.</remarks>
    public ExitWaiter(ApiClient client, string id, string condition) =>
        _response = client.Send("POST", $"/containers/{id}/wait{new Query().Add("condition", condition)}");

    /// <returns>The container's exit code.</returns>
    public int Wait()
    {
        using (_response)
        {
            var result = System.Text.Json.JsonSerializer.Deserialize(_response.Body, ApiJson.Wire.WaitResponse)
                ?? throw new CliException("the daemon answered the wait with null", 125);
            return result.Error is { Message.Length: > 0 } error
                ? throw new CliException(error.Message, 125) : result.StatusCode;
        }
    }
}
