using System.Net;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Tests;

/// <summary>A registry of several addresses, of which not all are well.</summary>
public sealed class RegistryClientTests
{
    private static readonly Digest Blob = Digest.Of("x"u8);

    [Fact]
    public async Task An_address_that_takes_the_question_and_says_nothing_is_passed_over()
    {
        using var silent = new Answering((_, token) => SilenceAsync(token));
        using var well = Answering.With(5);

        Assert.Equal(5, await Client(silent, well).FindBlobAsync(Blob, default));
    }

    [Fact]
    public async Task An_address_that_no_connection_comes_about_with_is_passed_over_and_alone_it_is_unavailable()
    {
        // As HttpClient tells of its ConnectTimeout.
        using var dead = new Answering((_, _) => throw new TaskCanceledException("slow", new TimeoutException("too slow")));
        using var well = Answering.With(7);

        Assert.Equal(7, await Client(dead, well).FindBlobAsync(Blob, default));
        var error = await Assert.ThrowsAsync<ImageException>(() => Client(dead).FindBlobAsync(Blob, default));

        Assert.Equal(ImageError.Unavailable, error.Error);
        Assert.Contains("cannot reach registry reg.example: too slow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_asking_asks_no_other_address()
    {
        using var end = new CancellationTokenSource();
        using var first = new Answering(async (_, token) =>
        {
            await end.CancelAsync();
            return await SilenceAsync(token);
        });
        using var second = Answering.With(5);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(first, second).FindBlobAsync(Blob, end.Token));

        Assert.Equal(0, second.Asked);
    }

    private static RegistryClient Client(params Answering[] addresses) => new(
        [
            .. addresses.Select((address, i) => new RegistryEndpoint(new Uri($"http://a{i}/"), new HttpClient(address))
            {
                Patience = TimeSpan.FromMilliseconds(100),
            }),
        ],
        Reference.Parse("reg.example/x"), credentials: null);

    private static async Task<HttpResponseMessage> SilenceAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return new HttpResponseMessage();
    }

    private sealed class Answering(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
        : HttpMessageHandler
    {
        public int Asked { get; private set; }

        public static Answering With(int size) => new((_, _) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(new byte[size]) }));

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return answer(request, cancellationToken);
        }
    }
}
