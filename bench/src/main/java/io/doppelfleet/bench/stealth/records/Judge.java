package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.stat.Separation;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** A random forest that has seen connections of two sources, and tells which one others are of. */
final class Judge {
  private static final int TREES = 150;
  private static final int DEPTH = 12;
  private static final float FEATURES = 0.3f;
  private static final long SEED = 9;
  private static final Label ONE = new Label("one");
  private static final Label OTHER = new Label("other");

  /** Kept, for a logger that nobody holds forgets its level. */
  private static final Logger TREE_BY_TREE = Logger.getLogger("org.tribuo");

  static {
    TREE_BY_TREE.setLevel(Level.WARNING);
  }

  private final Features features;
  private final Model<Label> model;

  private Judge(Features features, Model<Label> model) {
    this.features = features;
    this.model = model;
  }

  /** Trains. */
  static Judge train(List<List<Response>> one, List<List<Response>> other) {
    List<List<Response>> all = new ArrayList<>(one);
    all.addAll(other);
    Features features = Features.of(all);
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> dataset =
        new MutableDataset<>(new SimpleDataSourceProvenance("records", labels), labels);
    one.forEach(connection -> dataset.add(example(ONE, features, connection)));
    other.forEach(connection -> dataset.add(example(OTHER, features, connection)));
    CARTClassificationTrainer tree = new CARTClassificationTrainer(DEPTH, FEATURES, SEED);
    Model<Label> forest =
        new RandomForestTrainer<>(tree, new VotingCombiner(), TREES, SEED).train(dataset);
    return new Judge(features, forest);
  }

  private static ArrayExample<Label> example(
      Label label, Features features, List<Response> connection) {
    double[] numbers = features.numbers(connection);
    String[] names = new String[numbers.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = "f" + i;
    }
    return new ArrayExample<>(label, names, numbers);
  }

  /** How well it tells connections that it has not seen. */
  double auc(List<List<Response>> one, List<List<Response>> other) {
    return Separation.auc(scores(one), scores(other));
  }

  private double[] scores(List<List<Response>> connections) {
    return connections.stream().mapToDouble(this::score).toArray();
  }

  /** How many of the trees take it for the other one's. */
  private double score(List<Response> connection) {
    Label label =
        model.predict(example(ONE, features, connection)).getOutputScores().get(OTHER.getLabel());
    return label == null ? 0 : label.getScore();
  }
}
