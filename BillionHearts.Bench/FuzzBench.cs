using System.Diagnostics;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Bench;

/// <summary>
/// Damages files and gives each to a decoder process, as the worker does. A decoder that ends, or an answer that is neither a result nor a reason, is a fault;
/// its file is kept.
/// </summary>
internal static class FuzzBench
{
    private static readonly TimeSpan s_hangs = TimeSpan.FromSeconds(10);

    /// <returns>Whether there was no fault.</returns>
    public static async Task<bool> RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var count = options.GetValue("count", 20_000);
        var seed = options.GetValue("seed", 1);
        var seeds = options["folder"] is { } folder
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList()
            : SeedFiles.All;

        using var launcher = new DecoderLauncher();
        using var decoders = new Decoders(launcher, Options.Create(new AnalysisOptions()), NullLogger<Decoders>.Instance);
        await decoders.StartAsync(cancellationToken);
        var outcomes = new Outcomes();
        Console.WriteLine($"{count} mutants of {seeds.Count} files, from seed {seed}.\n");

        await Parallel.ForEachAsync(
            Enumerable.Range(seed, count),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (number, cancel) => outcomes.Add(number, await OutcomeAsync(decoders, Mutations.Of(seeds, number), cancel)));

        outcomes.Print();
        return outcomes.Faults is 0;
    }

    private static async Task<(string Name, byte[]? Faulty)> OutcomeAsync(Decoders decoders, byte[] mutant, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_hangs);

        try
        {
            _ = await decoders.AnalyzeAsync(mutant, DecoderLane.Normal, limit.Token);
            return ("analyzed", null);
        }
        catch (UnusableImageException exception)
        {
            return (exception.Reason, null);
        }
        catch (HeavyImageException)
        {
            return ("slow lane", null);
        }
        catch (DecoderEndedException exception)
        {
            return ($"FAULT: {exception.End}, exit code {exception.Diagnosis.ExitCode}", mutant);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"FAULT: no answer within {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s", mutant);
        }
    }

    private sealed class Outcomes
    {
        private readonly Lock _lock = new();
        private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

        public int Faults { get; private set; }

        public void Add(int number, (string Name, byte[]? Faulty) outcome)
        {
            lock (_lock)
            {
                _counts[outcome.Name] = _counts.GetValueOrDefault(outcome.Name) + 1;

                if (outcome.Faulty is { } mutant)
                {
                    Faults++;
                    var path = Path.Combine(Path.GetTempPath(), $"billionhearts-mutant-{number}");
                    File.WriteAllBytes(path, mutant);
                    Console.WriteLine($"{outcome.Name}: {path}");
                }
            }
        }

        public void Print()
        {
            Console.WriteLine("| outcome | mutants |\n|---|---:|");

            foreach (var (name, count) in _counts)
            {
                Console.WriteLine($"| {name} | {count} |");
            }
        }
    }
}
