// Times Armadillo's EM: features components covariance(full|diag) iterations samples start
#include <armadillo>
#include <cstdio>
#include <cstring>
#include <string>

template <class Model> static int timed(Model &model, const arma::mat &samples, int components, int iterations) {
    arma::wall_clock clock;
    clock.tic();
    model.learn(samples, components, arma::eucl_dist, arma::keep_existing, 0, iterations, 1e-12, false);
    std::printf("%.9f %.12f\n", clock.toc(), model.avg_log_p(samples));
    return 0;
}

int main(int, char **given) {
    const int features = std::stoi(given[1]), components = std::stoi(given[2]);
    const bool is_full = !std::strcmp(given[3], "full");
    const int iterations = std::stoi(given[4]);
    arma::mat samples, start;
    samples.load(given[5], arma::raw_binary);
    samples.reshape(features, samples.n_elem / features);
    start.load(given[6], arma::raw_binary);
    start.reshape(features, components);
    const arma::rowvec weights(components, arma::fill::value(1.0 / components));
    if (is_full) {
        arma::cube covariances(features, features, components);
        for (int k = 0; k < components; k++) covariances.slice(k) = 0.05 * arma::eye(features, features);
        arma::gmm_full model;
        model.set_params(start, covariances, weights);
        return timed(model, samples, components, iterations);
    }
    arma::gmm_diag model;
    model.set_params(start, 0.05 * arma::ones(features, components), weights);
    return timed(model, samples, components, iterations);
}
